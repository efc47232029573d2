/** The part of ml-cart that is used here; it brings no types. */
declare module 'ml-cart' {
  import type { Matrix } from 'ml-matrix';

  /** A node of a tree. */
  export interface TreeNode {
    bestSplit(columns: Matrix, labels: readonly number[]): import('./bestSplit.ts').BestSplit;
  }

  export class DecisionTreeClassifier {
    readonly root: TreeNode;
    train(rows: number[][], labels: number[]): void;
  }
}
