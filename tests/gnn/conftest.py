"""One thread for torch: beside other workers more of them wait for each other."""

import torch

torch.set_num_threads(1)
