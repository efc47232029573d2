/** When the model's alerts fire; the words are those of the kit's own thresholds. */
export const thresholds = {
  /** Three times the share of held-out flowers that the model's check may flag by mistake (5 %); by function. */
  outOfDistributionShare: { ratio: 0.15, windowSeconds: 300, forSeconds: 120, minimumRows: 50 },

  /**
   * Estimated accuracy by function, as far as it lies below that in training: more than `drop`, and more
   * than chance, which `standardErrors` of as many rows leave to one window in hundreds.
   */
  estimatedAccuracy: {
    drop: 0.05,
    standardErrors: 3,
    windowSeconds: 300,
    forSeconds: 120,
    minimumRows: 100,
  },

  /** Labels come late and few: what an accuracy is taken over. */
  accuracy: { windowSeconds: 3600 },
} as const;
