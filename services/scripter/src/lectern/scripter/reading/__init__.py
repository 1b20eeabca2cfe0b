"""Reading lessons that strangers wrote: short ones here, long ones in a child process with limits of its own."""
