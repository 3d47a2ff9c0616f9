"""Service Workers: a worker's life and the fetch event, as a server lives them.

https://w3c.github.io/ServiceWorker/, read at 1bcbd24cd4 (2026-07-23). One registration serves the
origin; its worker is installed and activated at start-up, and each HTTP request is a fetch event.
"""
