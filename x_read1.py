import re,sys,time
from pathlib import Path
import ingest, pyarrow as pa; pa.set_memory_pool(pa.system_memory_pool())
from ingest.catalogs import CATALOGS, read_sorted
from ingest.rejects import Rejects
from ingest.runs import merged
def hwm(): return int(re.findall(r"VmHWM:\s+(\d+)",Path('/proc/self/status').read_text())[0])//1000
def rss(): return int(re.findall(r"VmRSS:\s+(\d+)",Path('/proc/self/status').read_text())[0])//1000
b=rss()
p=Path(sys.argv[1]); kind='psc'
c=time.process_time()
r=read_sorted(p,CATALOGS[kind],Rejects(p),lambda d:None); c1=time.process_time()-c
h=hwm(); now=rss()
n=sum(len(m) for m,_ in merged([(x,1) for x in r.runs])); c2=time.process_time()-c-c1
print(f"base {b} read cpu {c1/n*1e6:.2f} hwm {h} then {now} | merged cpu {c2/n*1e6:.2f} hwm {hwm()} now {rss()}")
print([m for m in ('numba','pandas','astropy','sqlalchemy') if m in sys.modules])
