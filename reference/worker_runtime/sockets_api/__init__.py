"""Sockets API: https://sockets-api.proposal.wintertc.org/

Read against commit 3ab96d5124938a53463d4d94ec9c177228cebf4f of 2025-06-11.
"""
