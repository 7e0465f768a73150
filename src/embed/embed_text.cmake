# cmake -DIN=FILE -DOUT=FILE -P embed_text.cmake: docs/checks.md as the source of checks_text().
file(READ ${IN} text)
file(WRITE ${OUT} "#include \"view/checks_text.h\"\n\nnamespace ipucnn::view {\n\n"
     "std::string_view checks_text() {\n  return R\"checks(" "${text}"
     ")checks\";\n}\n\n}  // namespace ipucnn::view\n")
