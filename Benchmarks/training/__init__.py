"""Growing forests: tables, peers, and our own program."""
