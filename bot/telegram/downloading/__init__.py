"""The files of messages: from a Bot API server, or from a folder that it shares."""
