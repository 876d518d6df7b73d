"""Other people's file formats; one file each; text or bytes in and out."""
