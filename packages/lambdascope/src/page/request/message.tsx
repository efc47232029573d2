/** What was asked, or answered: its headers and its body. */
import type { KeptField, KeptMessage } from '../../emulator/live/request.ts';
import { Body } from './body.tsx';

interface Props {
  readonly title: string;
  readonly message: KeptMessage;
  readonly query?: readonly KeptField[];
  /** Size of the whole body. */
  readonly bytes: number;
}

export function Message({ title, message, query = [], bytes }: Props) {
  return (
    <section class="panel message" aria-label={title}>
      <h3 class="panel-title">{title}</h3>
      {query.length > 0 && <Fields title="Query" fields={query} />}
      <Body message={message} bytes={bytes} />
      {message.headers.length > 0 && <Fields title="Headers" fields={message.headers} />}
    </section>
  );
}

function Fields({
  title,
  fields,
}: {
  readonly title: string;
  readonly fields: readonly KeptField[];
}) {
  return (
    <table class="fields">
      <caption>{title}</caption>
      <tbody>
        {fields.map(([name, value], index) => (
          // A name may come twice.
          <tr key={`${index} ${name}`}>
            <th scope="row">{name}</th>
            <td>{value ?? <span class="secret">not kept</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
