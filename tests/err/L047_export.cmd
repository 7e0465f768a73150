check L047_export.sh
