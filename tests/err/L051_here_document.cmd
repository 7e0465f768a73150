check L051_here_document.sh
