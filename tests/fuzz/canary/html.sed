# JSON may have markup in it.
s/strchr\("<>&", \*c\)/strchr(">\&", *c)/
