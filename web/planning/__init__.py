"""The editor's side of the service: drafts, what is done in them, versions saved from them."""
