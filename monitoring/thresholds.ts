/** When the model's alerts fire; the words are those of the kit's own thresholds. */
export const thresholds = {
  /** Three times the share of held-out flowers that the model's check may flag by mistake (5 %); by function. */
  outOfDistributionShare: { ratio: 0.15, windowSeconds: 300, forSeconds: 120, minimumRows: 50 },

  /**
   * Kolmogorov-Smirnov distance between the values seen and the training data, by function and feature.
   * Against 150 training rows, 200 rows of the same population exceed it less than once in ten thousand
   * times: 2 exp(-2 d^2 nm/(n + m)).
   */
  featureDrift: { distance: 0.25, windowSeconds: 300, forSeconds: 120, minimumRows: 200 },

  /** Labels come late and few: what an accuracy is taken over. */
  accuracy: { windowSeconds: 3600 },
} as const;
