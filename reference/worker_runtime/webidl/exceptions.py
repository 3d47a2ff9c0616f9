"""Exceptions: what the platform raises, and how a value that is not an exception is raised.

Web IDL, 2.8 and 4.4: https://webidl.spec.whatwg.org/#idl-exceptions
"""

from __future__ import annotations

from typing import Any, Self, TypedDict, Unpack

from .dictionaries import to_dictionary
from .type_mapping import to_dom_string

# The names with a legacy code; every other name has the code 0.
LEGACY_CODES = {
    "IndexSizeError": 1, "HierarchyRequestError": 3, "WrongDocumentError": 4,
    "InvalidCharacterError": 5, "NoModificationAllowedError": 7, "NotFoundError": 8,
    "NotSupportedError": 9, "InUseAttributeError": 10, "InvalidStateError": 11, "SyntaxError": 12,
    "InvalidModificationError": 13, "NamespaceError": 14, "InvalidAccessError": 15,
    "TypeMismatchError": 17, "SecurityError": 18, "NetworkError": 19, "AbortError": 20,
    "URLMismatchError": 21, "QuotaExceededError": 22, "TimeoutError": 23, "InvalidNodeTypeError":
    24, "DataCloneError": 25,
}  # fmt: skip


class RangeError(ValueError):
    """A value lies outside its range. JavaScript's RangeError.

    https://webidl.spec.whatwg.org/#exceptiondef-rangeerror
    """


class DOMException(Exception):
    """An error with one of the platform's names, such as "AbortError" or "InvalidStateError".

    https://webidl.spec.whatwg.org/#idl-DOMException
    """

    INDEX_SIZE_ERR = 1
    DOMSTRING_SIZE_ERR = 2
    HIERARCHY_REQUEST_ERR = 3
    WRONG_DOCUMENT_ERR = 4
    INVALID_CHARACTER_ERR = 5
    NO_DATA_ALLOWED_ERR = 6
    NO_MODIFICATION_ALLOWED_ERR = 7
    NOT_FOUND_ERR = 8
    NOT_SUPPORTED_ERR = 9
    INUSE_ATTRIBUTE_ERR = 10
    INVALID_STATE_ERR = 11
    SYNTAX_ERR = 12
    INVALID_MODIFICATION_ERR = 13
    NAMESPACE_ERR = 14
    INVALID_ACCESS_ERR = 15
    VALIDATION_ERR = 16
    TYPE_MISMATCH_ERR = 17
    SECURITY_ERR = 18
    NETWORK_ERR = 19
    ABORT_ERR = 20
    URL_MISMATCH_ERR = 21
    QUOTA_EXCEEDED_ERR = 22
    TIMEOUT_ERR = 23
    INVALID_NODE_TYPE_ERR = 24
    DATA_CLONE_ERR = 25

    def __init__(self, message: str = "", name: str = "Error") -> None:
        """https://webidl.spec.whatwg.org/#dom-domexception-domexception"""
        super().__init__(message, name)
        self._message = message if isinstance(message, str) else to_dom_string(message)
        self._name = name if isinstance(name, str) else to_dom_string(name)

    @property
    def name(self) -> str:
        """https://webidl.spec.whatwg.org/#dom-domexception-name"""
        return self._name

    @property
    def message(self) -> str:
        """https://webidl.spec.whatwg.org/#dom-domexception-message"""
        return self._message

    @property
    def code(self) -> int:
        """The legacy code of the name, or 0.

        https://webidl.spec.whatwg.org/#dom-domexception-code
        """
        return LEGACY_CODES.get(self._name, 0)

    def __str__(self) -> str:
        return f"{self._name}: {self._message}" if self._message else self._name

    # A serializable object: https://webidl.spec.whatwg.org/#idl-DOMException

    def _serialization_steps(self, for_storage: bool) -> dict[str, object]:
        return {"message": self._message, "name": self._name}

    @classmethod
    def _deserialization_steps(cls, data: dict[str, Any]) -> Self:
        return cls(data["message"], data["name"])


class QuotaExceededErrorOptions(TypedDict, total=False):
    """https://webidl.spec.whatwg.org/#dictdef-quotaexceedederroroptions"""

    quota: float | None
    requested: float | None


class QuotaExceededError(DOMException):
    """More was asked for than there is room for; `quota` and `requested` say how much, where known.

    https://webidl.spec.whatwg.org/#quotaexceedederror
    """

    def __init__(
        self,
        message: str = "",
        options: QuotaExceededErrorOptions | QuotaExceededError | None = None,
        **members: Unpack[QuotaExceededErrorOptions],
    ) -> None:
        """RangeError if a number is negative, or the request is within the quota.

        https://webidl.spec.whatwg.org/#dom-quotaexceedederror-quotaexceedederror
        """
        super().__init__(message, "QuotaExceededError")
        members = to_dictionary(QuotaExceededErrorOptions, options, members)
        quota, requested = members.get("quota"), members.get("requested")
        if quota is not None and quota < 0:
            raise RangeError(f"quota is negative: {quota!r}")
        if requested is not None and requested < 0:
            raise RangeError(f"requested is negative: {requested!r}")
        if quota is not None and requested is not None and requested < quota:
            raise RangeError(f"requested is less than quota: {requested!r} < {quota!r}")
        self._quota = quota
        self._requested = requested

    @property
    def quota(self) -> float | None:
        """https://webidl.spec.whatwg.org/#dom-quotaexceedederror-quota"""
        return self._quota

    @property
    def requested(self) -> float | None:
        """https://webidl.spec.whatwg.org/#dom-quotaexceedederror-requested"""
        return self._requested

    def _serialization_steps(self, for_storage: bool) -> dict[str, object]:
        return {"message": self._message, "quota": self._quota, "requested": self._requested}

    @classmethod
    def _deserialization_steps(cls, data: dict[str, Any]) -> Self:
        return cls(data["message"], quota=data["quota"], requested=data["requested"])


class Thrown(Exception):
    """Carries a value that is not an exception to where it is caught: an abort reason or a stream
    error may be anything.

    https://webidl.spec.whatwg.org/#dfn-throw
    """

    value: object

    def __init__(self, value: object) -> None:
        super().__init__(value)
        self.value = value


def exception_of(reason: object) -> BaseException:
    """What to raise for a reason: itself, or the Thrown that carries it.

    Part of https://webidl.spec.whatwg.org/#js-creating-throwing-exceptions
    """
    return reason if isinstance(reason, BaseException) else Thrown(reason)


def reason_of(exception: BaseException) -> object:
    """What was thrown, where an exception has been caught: the inverse of `exception_of`.

    What Python takes for the end of a process or of a generator is an ordinary exception here, with
    that as its cause: a script ends neither.

    Part of https://webidl.spec.whatwg.org/#js-handling-exceptions
    """
    if isinstance(exception, (SystemExit, KeyboardInterrupt, GeneratorExit)):
        reason = RuntimeError(f"{exception!r} was raised, which ends nothing but its coroutine")
        reason.__cause__ = exception
        return reason
    return exception.value if isinstance(exception, Thrown) else exception
