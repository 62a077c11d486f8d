// kernels.cpp: to be written.
