// nn.cpp: to be written.
