check Y001_notebook.ipynb
