# Titip jual: goods the gerai sells for their owners.

refusal-not-so-many-consigned = { $good } titipan ini tinggal { TAKARAN($quantity) } { $unit }.
refusal-share-too-large = Bagian toko { RUPIAH($share) } tidak lebih kecil dari harganya, { RUPIAH($price) }.
