import type { Auth } from '@authchart/core'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { onUserChange } from './on-user-change.ts'

export const notesStore = (auth: Auth) =>
  defineStore('notes', () => {
    const notes = ref<string[]>([])

    async function load(): Promise<void> {
      const { user } = auth.getState()
      const response = await auth.fetch('https://api.example.com/notes')
      const loaded = (await response.json()) as string[]
      // another user may have signed in since
      if (auth.isSameUser(user, auth.getState().user)) notes.value = loaded
    }

    onUserChange(auth, () => {
      notes.value = []
    })
    return { notes, load }
  })
