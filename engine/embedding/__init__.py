"""What programs that embed Relight call; `engine` itself hands it on."""
