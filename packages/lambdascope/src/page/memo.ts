/** A component that is drawn again only when what it shows is another. */
import { Component, type ComponentChildren, type FunctionComponent, h } from 'preact';

/** Makes such a component of one whose properties are compared one by one. */
export function memo<Props extends object>(draw: (props: Props) => ComponentChildren) {
  const Drawn = draw as FunctionComponent<Props>;
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const names = Object.keys(next) as (keyof Props)[];
      return names.some((name) => next[name] !== this.props[name]);
    }
    render() {
      return h(Drawn, this.props);
    }
  };
}
