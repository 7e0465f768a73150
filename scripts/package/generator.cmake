# Read by cpack once for each kind of package.
if(CPACK_GENERATOR STREQUAL "DEB")
  set(CPACK_SET_DESTDIR ON)  # /etc stands beside the prefix
  set(CPACK_INSTALL_PREFIX /usr)
  list(GET CPACK_INSTALL_CMAKE_PROJECTS 0 built)
  set(CPACK_INSTALL_CMAKE_PROJECTS ${built} ipucnn Unspecified / ${built} ipucnn debian /)
endif()
