import gc
gc.disable()
class N: pass
a=N(); a.b=a; del a
