"""KV Storage: https://wicg.github.io/kv-storage/

Read at commit 7c553add86 (2019-12-11), the last one with a text: the proposal was given up, no
browser has it, and nothing will follow. It is here because the state of Worker Runtimes names it.
"""
