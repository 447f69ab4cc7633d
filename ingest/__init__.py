"""What comes in: knowledge, recalls, code lists; text to symptoms, codes and embeddings."""
