# Bakes what every machine needs into an image, with the same script that a plain machine runs at its first boot:
#   packer init ami && packer build ami
# Then name the image in the deployment: amiId.

packer {
  required_version = ">= 1.11"
  required_plugins {
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = ">= 1.3"
    }
  }
}

variable "region" {
  type    = string
  default = "us-east-1"
}

variable "subnet_id" {
  type        = string
  default     = null
  description = "A public subnet to build in; the default VPC's when null"
}

variable "kms_key_id" {
  type        = string
  default     = null
  description = "Encrypts the image; the account's own EBS key when null"
}

data "amazon-parameterstore" "base" {
  name   = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  region = var.region
}

locals {
  stamp = formatdate("YYYYMMDD-hhmm", timestamp())
}

source "amazon-ebs" "dataapp" {
  ami_name             = "dataapp-${local.stamp}"
  ami_description      = "Amazon Linux 2023 with Node 24, ClickHouse and the CloudWatch agent for DataApp"
  region               = var.region
  subnet_id            = var.subnet_id
  source_ami           = data.amazon-parameterstore.base.value
  instance_type        = "t3.large"
  ssh_username         = "ec2-user"
  ssh_interface        = "session_manager"
  encrypt_boot         = true
  kms_key_id           = var.kms_key_id
  imds_support         = "v2.0"

  temporary_iam_instance_profile_policy_document {
    Version = "2012-10-17"
    Statement {
      Effect   = "Allow"
      Action   = ["ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"]
      Resource = ["*"]
    }
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  launch_block_device_mappings {
    device_name           = "/dev/xvda"
    volume_type           = "gp3"
    volume_size           = 20
    delete_on_termination = true
  }

  tags = {
    Name      = "dataapp-${local.stamp}"
    Project   = "dataapp"
    BaseImage = "{{ .SourceAMIName }}"
  }
}

build {
  sources = ["source.amazon-ebs.dataapp"]

  provisioner "file" {
    source      = "${path.root}/"
    destination = "/tmp/machine"
  }

  provisioner "shell" {
    execute_command = "sudo bash '{{ .Path }}'"
    inline = [
      "dnf upgrade -y -q --security",
      "bash /tmp/machine/install.sh",
      "rm -rf /tmp/machine /var/lib/cloud/instances /etc/ssh/ssh_host_*",
    ]
  }
}
