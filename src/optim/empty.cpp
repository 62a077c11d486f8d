// optim.cpp: to be written.
