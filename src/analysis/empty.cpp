// analysis.cpp: to be written.
