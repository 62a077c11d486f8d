// matrix.cpp: the templates of matrix.hpp, compiled once for the types in use.
#include "tensor/matrix.hpp"

namespace atelier {

template class Buffer<float>;
template class Buffer<double>;
template class Matrix<float>;
template class Matrix<double>;

}  // namespace atelier
