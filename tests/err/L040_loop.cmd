check L040_loop.sh
