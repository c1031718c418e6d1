"""What a web address answers when it is asked for a picture: fetched bounded and polite, never from a private address."""
