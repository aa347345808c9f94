import time, hashlib, sys
from pathlib import Path
import numpy as np, pyarrow as pa
from itertools import islice
import ingest
from ingest.text import blocks
from ingest.fitting import fits as _fits
from ingest.parse import _read,_sound,_PLAIN,_hexadecimal, parse_good
from ingest.encode import arrow, encode, Encoded
from ingest.bulk import _marks, prepare
from ingest.runs import sorted_runs, merged
from ingest.rejects import Rejects
from schema.published import published
p=Path(sys.argv[1]); cols=published('psc')
bs=list(islice(blocks(p),60)); n=0
def T(name,f):
    c=time.process_time(); w=time.perf_counter(); r=f(); c=time.process_time()-c; w=time.perf_counter()-w
    print(f"{name:25} cpu {c*1e6/N:6.3f} us/row wall {w*1e6/N:6.3f}"); return r
N=sum(b.data.count(b'\n') for b in bs); print(N, 'rows', len(bs))
T('text',lambda:[b for b in islice(blocks(p),60)])
T('sha',lambda:[hashlib.sha256(b.data).digest() for b in bs])
T('translate',lambda:[b.data.translate(None,_PLAIN) for b in bs])
T('hex',lambda:[_hexadecimal(b.data) for b in bs])
T('crlf',lambda:[b'\r' in b.data for b in bs])
ts=T('read csv+trim',lambda:[_read(b.data,cols) for b in bs])
import pyarrow.csv, pyarrow.compute as pc
from ingest.parse import _ARROW
types = {c.name: _ARROW.get(c.type, pa.string()) for c in cols}
def csv(b):
    return pyarrow.csv.read_csv(pa.BufferReader(b.data),pyarrow.csv.ReadOptions(column_names=list(types), block_size=len(b.data)+1,use_threads=False),pyarrow.csv.ParseOptions(delimiter="|",quote_char=False,ignore_empty_lines=False),pyarrow.csv.ConvertOptions(column_types=types,null_values=[r"\N"],strings_can_be_null=True))
T('csv only',lambda:[csv(b) for b in bs])
T('fits',lambda:[all(_fits(c,x.chunk(0)) for c,x in zip(cols,t.columns)) for t in ts])
T('combine',lambda:[t.combine_chunks() for t in ts])
num=[t.append_column("file_id", arrow(np.zeros(t.num_rows, np.int32))) for t in ts]
es=T('encode',lambda:[encode(t) for t in num])
from pgpq import ArrowToPostgresBinaryEncoder
def pg(t):
    e=ArrowToPostgresBinaryEncoder(t.schema); e.write_header(); return [e.write_batch(b) for b in t.to_batches()],e.finish()
T('pgpq only',lambda:[pg(t) for t in num])
ms=T('marks',lambda:[_marks(1,t,'pts_key',True) for t in ts])
runs=T('sort+spill',lambda:sorted_runs(zip(ms,es)))
print(sum(len(e.data) for e in es)/N,'bytes a row', type(runs[0]).__name__, len(runs))
T('merged',lambda:[len(m) for m,_ in merged([(r,1) for r in runs])])
