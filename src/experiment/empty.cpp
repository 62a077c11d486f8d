// experiment.cpp: to be written.
