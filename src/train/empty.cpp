// train.cpp: to be written.
