report log --app nvcnn_hvd --discard -1
