/** What a use case answered, as HTTP. */
import type { FastifyReply } from 'fastify'
import type { CsvText, Departure, EmlFile, TextFile } from '#contract/calls.ts'
import type { ServiceEvent } from '#contract/organization.ts'
import type { Route } from '#contract/routes/route.ts'
import { sendText } from './answer-stream.ts'
import { PAGE_TYPE, stepPage } from './browser-page.ts'
import { contentDisposition } from './content-disposition.ts'
import { sendEvents, type EventStreamOptions } from './event-stream.ts'

export interface SendOptions extends EventStreamOptions {
  /** The longest that a file may stay unread, ms. */
  readonly requestMs: number
  /** For the name of a file. */
  readonly identity: string
}

/** Resolves when all is written, or handed to Fastify. */
export async function sendAnswer(
  reply: FastifyReply,
  route: Route,
  answer: unknown,
  options: SendOptions,
): Promise<void> {
  switch (route.answerType) {
    case 'json':
      reply.code(route.status)
      if (answer === undefined) reply.send()
      else reply.type('application/json; charset=utf-8').send(JSON.stringify(answer))
      return
    case 'page': {
      const { to, by } = answer as Departure
      if (by === 'redirect') reply.code(302).header('location', to).send()
      else reply.code(200).type(PAGE_TYPE).send(stepPage(to))
      return
    }
    case 'eml': {
      const { fileName, bytes } = answer as EmlFile
      reply.header('content-disposition', contentDisposition(fileName))
      reply.type('message/rfc822').send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      return
    }
    case 'csv':
    case 'text': {
      const isCsv = route.answerType === 'csv'
      const csv = answer as CsvText
      const { fileName, text } = isCsv
        ? { fileName: csv.fileName ?? `${options.identity}.csv`, text: csv }
        : (answer as TextFile)
      reply.header('content-disposition', contentDisposition(fileName))
      reply.type(`text/${isCsv ? 'csv' : 'plain'}; charset=utf-8`)
      await sendText(reply.raw, text, {
        signal: options.signal,
        stallMs: options.requestMs,
        start: () => takeOver(reply, route.status),
      })
      return
    }
    case 'events':
      // A proxy that collects the answer would hold events back.
      reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no')
      takeOver(reply, route.status)
      await sendEvents(reply.raw, answer as AsyncIterable<ServiceEvent>, options)
  }
}

/** From here on the answer is written by hand; Fastify's own streams know no backpressure across a stall. */
function takeOver(reply: FastifyReply, status: number): void {
  reply.hijack()
  reply.raw.writeHead(status, reply.getHeaders() as Record<string, string>)
}
