// main.cpp: a program that knows Atelier only as it is installed: every header compiles, and the library answers.
#include <iostream>

#include "all_headers.hpp"

int main() {
  const atelier::Error error{atelier::Trouble::data, "labels do not fit the images", "59,999 labels", "compare them"};
  const std::string text = atelier::describe(error);
  std::cout << text;
  return text == "error: labels do not fit the images\n  59,999 labels\nhint: compare them\n" ? 0 : 1;
}
