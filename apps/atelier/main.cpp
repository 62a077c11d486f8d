// main.cpp: the program.
#include "cli/program.hpp"

int main(int count, char** words) { return atelier::cli::run_program(count, words); }
