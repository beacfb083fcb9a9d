"""Movement: what comes off queues is kept, answered and handed on, and nothing is lost on the way."""
