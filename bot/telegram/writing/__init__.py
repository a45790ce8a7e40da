"""What is written in chats: messages of jobs, and replies to commands."""
