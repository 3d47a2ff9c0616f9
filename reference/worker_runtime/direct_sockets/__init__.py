"""Direct Sockets API: https://wicg.github.io/direct-sockets/

Read against commit 573458f76ebd9d1b8ab35bb6cfcd5f898815bd49 of 2024-10-24.
"""
