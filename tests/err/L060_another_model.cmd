check L060_another_model.sh
