# Packages: `cpack --config build/release/CPackConfig.cmake` writes ipucnn_VERSION_ARCH.deb and
# ipucnn-VERSION-Linux-ARCH.tar.gz. tests/package_test.py builds both and tries them.
find_program(GZIP_PROGRAM gzip)
set(packaged ${PROJECT_BINARY_DIR}/packaged)
set(CPACK_PACKAGE_CONTACT "ipucnn developers <ipucnn@users.noreply.github.com>")

# Manual pages, made by the program itself from its own tables.
install(CODE "set(packaged \"${packaged}\")
  set(ipucnn \"$<TARGET_FILE:ipucnn>\")
  set(gzip \"${GZIP_PROGRAM}\")
  file(MAKE_DIRECTORY \"${packaged}/man1\" \"${packaged}/man5\")
  include(\"${CMAKE_CURRENT_LIST_DIR}/pages.cmake\")")
install(DIRECTORY ${packaged}/man1 ${packaged}/man5 DESTINATION ${CMAKE_INSTALL_MANDIR})

install(FILES configs/sites/example.yml DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)

# What Debian wants beside it. /etc/ipucnn is not for `cmake --install`, which has a prefix.
set(from_debian EXCLUDE_FROM_ALL COMPONENT debian)
install(CODE "execute_process(
    COMMAND \"${CMAKE_CURRENT_LIST_DIR}/changelog.sh\" \"${PROJECT_SOURCE_DIR}/docs/changelog.md\"
            \"${CPACK_PACKAGE_CONTACT}\"
    OUTPUT_FILE \"${packaged}/changelog\" COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND \"${GZIP_PROGRAM}\" -9nf \"${packaged}/changelog\"
                  COMMAND_ERROR_IS_FATAL ANY)" ${from_debian})
install(FILES ${packaged}/changelog.gz ${CMAKE_CURRENT_LIST_DIR}/copyright
        DESTINATION ${CMAKE_INSTALL_DOCDIR} ${from_debian})
install(FILES ${CMAKE_CURRENT_LIST_DIR}/lintian-overrides
        DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME ipucnn ${from_debian})
install(FILES ${CMAKE_CURRENT_LIST_DIR}/site.yml DESTINATION /etc/ipucnn ${from_debian})

set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_FILE_NAME ipucnn-${PROJECT_VERSION}-Linux-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
                                                GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_LIST_DIR}/generator.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "openmpi-bin, slurm-client")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Resolves a preset and what the command line says, proves that micro batch,\n\
 gradient accumulation, replicas, instances and hosts fit each other and the\n\
 machine, and prints or starts the exact command: here, or as a job of Slurm.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_LIST_DIR}/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
