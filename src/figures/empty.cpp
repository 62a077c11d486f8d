// figures.cpp: to be written.
