check L050_interface.sh
