"""The engine: it takes jobs in, moves them on by steps, and shows their answers.

It imports no library of Telegram's, no HTTP client and no database driver.
"""
