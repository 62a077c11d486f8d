# cmake --install, and find_package(atelier) for a consumer.
