"""What a Terraform (or OpenTofu) plan would make, from the JSON that `terraform show -json` prints of it."""
