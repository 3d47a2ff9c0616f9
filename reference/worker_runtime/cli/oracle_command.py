"""The command `oracle`: questions on standard input, the reference's answers on standard output."""

from __future__ import annotations

import argparse
import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

STANDARD_INPUT = 0  # a file descriptor
AGREE, DISAGREE, UNUSABLE, INTERRUPTED = 0, 1, 2, 130  # exit statuses

HELP = """Answer questions about the standards, to test another implementation against this one.

Each line of standard input is a question in JSON, each line of standard output its answer:

  {"op": "url.parse", "args": ["../x", "https://example.com/a/b"], "id": 1}
  {"id": 1, "result": {"href": "https://example.com/x", ...}}

  {"op": "url.parse", "args": ["https://a b/"]}
  {"error": {"name": "TypeError", "message": "Invalid URL: ..."}}

The name of an error is the standard's; "failure" is where a standard returns failure, and
"BadQuestion" where the question is wrong. Bytes are {"bytes": "..."}, a string with one code point
up to U+00FF for each byte. Lone surrogates are escapes. Answers are ASCII, and are written as soon
as there is no other question to read.

  oracle --list                            every operation, with the address of its algorithm
  oracle < questions > a                   what the reference answers
  my-program < questions > b               what another program does
  oracle --diff a b --questions questions  the first answers that differ (messages of errors may)
  oracle --diff a b --questions questions --ask-b my-program
                                           and the smallest question about which they still do
"""


def add_oracle_command(commands: Commands) -> None:
    """The command and its options."""
    parser = commands.add_parser(
        "oracle", help="answer questions about the standards, line by line", description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=("Exit status of --diff: 0 if all answers agree, 1 if two differ, 2 if they cannot "
            "be compared."),
    )  # fmt: skip
    parser.set_defaults(run=oracle_command)
    parser.add_argument("--list", action="store_true", help="list the operations")
    parser.add_argument("--json", action="store_true", help="list them in JSON")
    diff = parser.add_argument_group("compare")
    diff.add_argument(
        "--diff",
        nargs=2,
        type=Path,
        metavar=("A", "B"),
        help="two files of answers to the same questions",
    )
    diff.add_argument("--questions", type=Path, metavar="FILE", help="those questions")
    diff.add_argument(
        "--ask-a",
        metavar="COMMAND",
        help="what answers as A does, to find the smallest question (see above)",
    )
    diff.add_argument(
        "--ask-b",
        metavar="COMMAND",
        help="what answers as B does; without one of them it is this oracle",
    )


def oracle_command(options: argparse.Namespace) -> int:
    """List, compare or answer; returns the exit status."""
    try:
        if options.diff:
            return diff(options)
        if options.list or options.json:
            list_operations(options.json)
        else:
            answer_questions()
        sys.stdout.flush()
        return 0
    except BrokenPipeError:  # the reader of the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"{error.filename or 'standard input or output'}: {error.strerror}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        return INTERRUPTED


# The rooms that answer are imported by the command that asks them, for the other commands start
# sooner without them.


def list_operations(as_json: bool) -> None:
    """The table of operations."""
    from ..oracle.operations import listed_for_machines, listed_for_people

    print(
        json.dumps(listed_for_machines(), indent=1) if as_json else listed_for_people(),
        end="\n" if as_json else "",
    )


def answer_questions() -> None:
    """Until the end of standard input. Each block that is read is answered before the next one is
    waited for.
    """
    from ..oracle.answering import answers

    for lines in answers(partial(os.read, STANDARD_INPUT)):
        sys.stdout.buffer.write(lines)
        sys.stdout.buffer.flush()


def diff(options: argparse.Namespace) -> int:
    """Show the first answers that differ and, if somebody can be asked, the smallest question;
    returns the exit status.
    """
    from ..oracle.asking import ask_this_oracle, asker_of, is_question, question_of
    from ..oracle.comparing import Unusable, first_disagreement
    from ..oracle.shrinking import smallest_question

    commands = (options.ask_a, options.ask_b)
    try:
        if any(commands) and not options.questions:
            raise Unusable("to find the smallest question, --questions has to say which was asked")
        file_a, file_b = options.diff
        with file_a.open("rb") as a, file_b.open("rb") as b:
            disagreement = first_disagreement(a, b)
        if disagreement is None:
            print("All answers agree.")
            return AGREE
        question = (
            question_of(options.questions, disagreement.number) if options.questions else None
        )
        print(f"Line {disagreement.number}:")
        show(question, disagreement.a, disagreement.b)
        if question is not None and any(commands):
            ask_a, ask_b = (
                asker_of(command) if command else ask_this_oracle for command in commands
            )
            smallest = smallest_question(question, ask_a, ask_b, is_question)
            if smallest is None:
                print("Asked again, they agree, or one does not understand the question.")
            else:
                print("The smallest question:")
                show(smallest, ask_a([smallest])[0], ask_b([smallest])[0])
        return DISAGREE
    except Unusable as error:
        print(error, file=sys.stderr)
    except RecursionError:
        print("the question or its answers are nested too deeply", file=sys.stderr)
    return UNUSABLE


def show(question: dict[str, Any] | None, a: dict[str, Any], b: dict[str, Any]) -> None:
    """A question, if it is known, and two answers, in ASCII."""
    for name, value in (("question", question), ("A", a), ("B", b)):
        if value is not None:
            print(f"  {name:8}  {json.dumps(value)}")
