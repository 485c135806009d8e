"""Published disaster-recovery architectures on an emulated AWS: moto, corrected where it is wrong."""
