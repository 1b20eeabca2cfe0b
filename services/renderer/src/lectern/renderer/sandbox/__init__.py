"""Runs hostile scene code: the job folder, the layers around it, the warm zygote, the broker and the decode probe."""
