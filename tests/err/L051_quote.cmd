check L051_quote.sh
